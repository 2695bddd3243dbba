"""Marian in C++ by the `bergamot` wheel (PyPI): the same protocol as bitext.ts. The first argument is the wheel.

The wheel's newest Python is 3.10. Its extension module uses nothing of Python 3.10 that newer ones lack, but compares version
numbers when it is loaded: for another Python, that one text is replaced in a copy of it beside the wheel.
"""
import glob, importlib.machinery, importlib.util, json, os, resource, sys, time, zipfile


def load(wheel):
    running = f'{sys.version_info.major}.{sys.version_info.minor}'.encode()
    copy = f"{os.path.splitext(wheel)[0]}-{running.decode()}.so"
    if not os.path.exists(copy):
        with zipfile.ZipFile(wheel) as archive:
            name = next(entry for entry in archive.namelist() if entry.endswith('.so'))
            module = archive.read(name)
        built, asked = b'\x003.10\x00_bergamot', b'\x00' + running + b'\x00_bergamot'
        if len(built) != len(asked) or module.count(built) != 1: raise SystemExit(f'the module of the wheel can not be loaded by Python {running.decode()}')
        with open(copy, 'wb') as file: file.write(module.replace(built, asked))
    loader = importlib.machinery.ExtensionFileLoader('_bergamot', copy)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('_bergamot', loader))
    loader.exec_module(module)
    return module


def main():
    job = json.load(sys.stdin)
    marian = load(sys.argv[1])
    def file(pattern): return glob.glob(f"{job['model']}/{pattern}")[0]
    # As the students' own configurations have it: precomputed quantization, a line is a sentence. Greedily there is a shortlist; scores of a beam must be normalized.
    beam = job.get('beam', 1)
    config = {
        'models': [file('model.*.bin')], 'vocabs': [file('vocab.*.spm')] * 2, **({'shortlist': [file('lex.*.bin'), False]} if beam == 1 else {}),
        'beam-size': beam, 'normalize': 1.0, 'word-penalty': 0, 'max-length-break': 128, 'mini-batch-words': 1024, 'max-length-factor': 2.0,
        'skip-cost': beam == 1, 'workspace': 128, 'cpu-threads': 0, 'quiet': True, 'quiet-translation': True, 'gemm-precision': 'int8shiftAlphaAll',
        'alignment': 'soft', 'ssplit-prefix-file': '', 'ssplit-mode': 'sentence',
    }
    service = marian.Service(marian.ServiceConfig(numWorkers=1, logLevel='off'))
    model = service.modelFromConfig(json.dumps(config))
    options = marian.ResponseOptions(alignment=False, qualityScores=False, HTML=False)
    def translate(lines): return service.translate(model, marian.VectorString(lines), options)

    translate(job['warm'])
    cpu, started = time.process_time(), time.perf_counter()
    translate(job['batch'])
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    latencies = []
    for line in job['single']:
        begun = time.perf_counter(); translate([line]); latencies.append((time.perf_counter() - begun) * 1000)
    print(json.dumps({'seconds': seconds, 'cpuSeconds': used, 'latencies': latencies, 'residentBytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
    sys.stdout.flush()
    # Its worker thread holds Python up at an orderly end.
    os._exit(0)


main()
