import { defineConfig, type UserConfig } from 'tsdown';

/** The published build: an entry for each of package.json's `exports`, and shared code in separate files. */
const config: UserConfig = defineConfig({
  entry: {
    index: 'src/index.ts',
    reference: 'src/reference/index.ts',
    kernels: 'src/kernels/index.ts',
    'shared-memory': 'src/kernels/shared-memory.ts',
    data: 'src/data/index.ts',
    digit: 'src/digit/index.ts',
    'other-models': 'src/formats/other-models.ts',
    safetensors: 'src/formats/safetensors.ts',
    onnx: 'src/formats/onnx.ts',
    json: 'src/formats/model-json.ts',
    random: 'src/random/index.ts',
  },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  // The maps of the declarations lead an editor to the sources, which the package contains for this purpose.
  dts: { oxc: true, sourcemap: true },
  sourcemap: true,
  failOnWarn: true,
});

export default config;
