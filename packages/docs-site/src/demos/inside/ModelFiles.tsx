import type { Network } from '@micronn/core';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { hiddenOf } from '../../desk/model-facts.ts';
import styles from './Inside.module.css';
import { encodeModelFile, type ModelFormat, modelFormats } from './model-file.ts';

const formatNames: Readonly<Record<ModelFormat, string>> = {
  safetensors: 'safetensors',
  json: 'JSON',
  npz: 'NumPy .npz',
};

/** Saves the network as a file, and loads one from a file. */
export function ModelFiles({
  network,
  onFile,
}: {
  network: Network;
  onFile: (file: File) => void;
}): JSX.Element {
  const id = useId();
  return (
    <div class={styles['files']}>
      <p class="label" id={`${id}-save`}>
        Export these weights
      </p>
      <fieldset class={styles['formats']} aria-labelledby={`${id}-save`}>
        {modelFormats.map((format) => (
          <button
            key={format}
            type="button"
            onClick={() => save(encodeModelFile(network, format), `micronn-${hiddenOf(network)}.${format}`)}
          >
            {formatNames[format]}
          </button>
        ))}
      </fieldset>
      <label class="label" for={`${id}-load`}>
        Import weights
      </label>
      <input
        id={`${id}-load`}
        type="file"
        accept=".safetensors,.json,.npz"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) onFile(file);
          // Choosing the same file again, after a change of it, must be a change of the input.
          currentTarget.value = '';
        }}
      />
    </div>
  );
}

/** Lets the browser save bytes as a file. */
function save(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const address = URL.createObjectURL(new Blob([bytes]));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
