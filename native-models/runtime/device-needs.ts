import type { EngineDevice } from '../engine/engine.ts';

const NEEDS: Readonly<Record<EngineDevice, string>> = {
  cpu: '',
  webgpu: "WebGPU needs a graphics driver: on Linux one for Vulkan (libvulkan1 and the vendor's), on Windows one for Direct3D 12.",
  directml: 'DirectML needs Windows 10 or 11 with a graphics driver for Direct3D 12.',
  coreml: 'CoreML needs macOS.',
  cuda: "CUDA needs Linux, an NVIDIA driver, CUDA 12 with cuDNN 9, and onnxruntime's CUDA libraries beside its own (docs/devices.md).",
};

/** What a device needs to be there, for people. */
export const deviceNeeds = (device: EngineDevice): string => NEEDS[device];
