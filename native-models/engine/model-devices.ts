/**
 * Where each model runs: on the device that was named, or on the one that is best for it. A device that was chosen for
 * the user and fails is replaced by the cpu, and said so once; one that the user named fails with its reason.
 */
import { readManifest } from '../catalog/manifest.ts';
import { chooseDevice, type DeviceChoice, type DeviceNotes, noteFailure, noteUse, openDeviceNotes, realDeviceTools } from '../devices/choose-device.ts';
import type { TrialModel } from '../devices/device-trial.ts';
import type { Candidate } from '../devices/trial-outcome.ts';
import type { DeviceWish, Precision } from './engine.ts';
import { EngineError } from './engine-error.ts';

/** Of the cpu. */
const USUAL_PRECISION: Precision = 'int8';

export interface ModelDeviceOptions {
  readonly device: DeviceWish;
  /** Absent: the best of each device. */
  readonly precision?: Precision;
  readonly cacheDir: string;
  readonly threads: number;
}

export class ModelDevices {
  /** What the user should hear of devices, each once. */
  readonly notices: string[] = [];
  readonly #options: ModelDeviceOptions;

  constructor(options: ModelDeviceOptions) {
    this.#options = options;
  }

  /** What a model runs on if nothing speaks against it; before any model is known. */
  get usual(): Candidate {
    const { device, precision } = this.#options;
    const usual = device === 'auto' ? 'cpu' : device;
    return { device: usual, precision: precision ?? (usual === 'cpu' ? USUAL_PRECISION : 'float32') };
  }

  /**
   * Where to open a model. `mayTry`: there is time to try devices with a model that they have not been tried with.
   * Throws EngineError DEVICE_UNAVAILABLE for a device and a precision that never go together.
   */
  async choose(model: TrialModel, mayTry: boolean): Promise<Candidate> {
    const { device, precision = null, cacheDir, threads } = this.#options;
    const onCpu = this.#onCpu(model);
    if (device !== 'auto') {
      if (device !== 'cpu' && precision === 'int8')
        throw new EngineError('DEVICE_UNAVAILABLE', `Whole-number products (int8) run on the cpu alone, not on ${device}.`, 'Use float16 or float32 with it, or the cpu.');
      return device === 'cpu' ? onCpu : this.usual;
    }
    const choice: DeviceChoice = await chooseDevice(model, { precision, usual: onCpu.precision, mayTry }, realDeviceTools({ cacheDir, threads }), await this.#notes(model));
    this.notices.push(...choice.notices);
    return { device: choice.device, precision: choice.precision };
  }

  /** Before a model runs on a place that `choose` gave; what it resolves to is to be called after the first run. */
  async begin(place: Candidate, model: TrialModel): Promise<() => Promise<void>> {
    if (this.#options.device !== 'auto' || place.device === 'cpu') return () => Promise.resolve();
    return noteUse(await this.#notes(model), place);
  }

  /** What to do when a model could not be opened or run where it was: the cpu instead. Rethrows where there is no instead. */
  async insteadOf(failed: Candidate, model: TrialModel, error: unknown): Promise<Candidate> {
    if (this.#options.device !== 'auto' || failed.device === 'cpu') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    await noteFailure(await this.#notes(model), failed, reason);
    this.notices.push(`${reason} The cpu is used instead, until the devices are tried again.`);
    return this.#onCpu(model);
  }

  /** In the precision that was asked for, else that of the model's manifest. */
  #onCpu({ folder }: TrialModel): Candidate {
    return { device: 'cpu', precision: this.#options.precision ?? readManifest(folder).precision ?? USUAL_PRECISION };
  }

  #notes({ folder }: TrialModel): Promise<DeviceNotes> {
    return openDeviceNotes(this.#options.cacheDir, folder);
  }
}
