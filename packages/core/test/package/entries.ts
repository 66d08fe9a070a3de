/** Every entry of the package: its import specifier, and its file's name in dist/ and etc/. */
export const entries = [
  ['@micronn/core', 'index'],
  ['@micronn/core/reference', 'reference'],
  ['@micronn/core/kernels', 'kernels'],
  ['@micronn/core/shared-memory', 'shared-memory'],
  ['@micronn/core/data', 'data'],
  ['@micronn/core/digit', 'digit'],
  ['@micronn/core/other-models', 'other-models'],
  ['@micronn/core/safetensors', 'safetensors'],
  ['@micronn/core/onnx', 'onnx'],
  ['@micronn/core/json', 'json'],
  ['@micronn/core/random', 'random'],
] as const;
