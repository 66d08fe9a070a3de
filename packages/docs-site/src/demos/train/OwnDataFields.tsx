import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { OwnFile, OwnOptions } from '../../desk/own-data/own-data.ts';
import { droppedFiles } from './dropped-files.ts';
import styles from './Train.module.css';

/** The numbers that can mean full ink. */
const inks = ['1', '15', '16', '255'];

/** Takes files, a folder or what is dropped, and how to read them where they leave it open. */
export function OwnDataFields({
  isBusy,
  onFiles,
}: {
  isBusy: boolean;
  onFiles: (files: readonly OwnFile[], options: OwnOptions) => void;
}): JSX.Element {
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const [labelColumn, setLabelColumn] = useState('');
  const [white, setWhite] = useState('');
  const read = (files: readonly OwnFile[]) => {
    if (files.length === 0 || isBusy) return;
    onFiles(files, {
      ...(labelColumn.trim() !== '' && { labelColumn: labelColumn.trim() }),
      ...(white !== '' && { white: Number(white) }),
    });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(read);
  };
  return (
    <details class={styles['own']} data-own>
      <summary>Your own data</summary>
      <p class="note">
        A CSV table, IDX files or .npy arrays (images and labels together), an .npz file, a folder of PNG or
        JPEG files with a folder for each class, or a zip of one of these: images of up to 64 × 64 pixels in 2
        to 1,000 classes, up to 256 MB. The files are read in this page; nothing is uploaded.
      </p>
      <fieldset
        class={`${styles['drop']} ${isOver ? styles['over'] : ''}`}
        aria-label="Choose or drop your data"
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
      >
        <FileInputs isBusy={isBusy} onFiles={read} />
        <label for={`${id}-label`}>Label column</label>
        <input
          id={`${id}-label`}
          type="text"
          placeholder="found out"
          value={labelColumn}
          onInput={({ currentTarget }) => setLabelColumn(currentTarget.value)}
        />
        <label for={`${id}-ink`}>Full ink</label>
        <select id={`${id}-ink`} value={white} onInput={({ currentTarget }) => setWhite(currentTarget.value)}>
          <option value="">found out</option>
          {inks.map((ink) => (
            <option key={ink} value={ink}>
              {ink}
            </option>
          ))}
        </select>
      </fieldset>
    </details>
  );
}

/** Inputs for files and for a folder. */
function FileInputs({
  isBusy,
  onFiles,
}: {
  isBusy: boolean;
  onFiles: (files: readonly OwnFile[]) => void;
}): JSX.Element {
  const id = useId();
  const take = (input: HTMLInputElement) => {
    const files = Array.from(input.files ?? [], (file) => ({
      path: file.webkitRelativePath || file.name,
      blob: file,
    }));
    // The same files, chosen again after a change of them, must be a change of the input.
    input.value = '';
    onFiles(files);
  };
  return (
    <>
      <label for={`${id}-files`}>Files</label>
      <input
        id={`${id}-files`}
        type="file"
        multiple
        disabled={isBusy}
        onChange={({ currentTarget }) => take(currentTarget)}
      />
      <label for={`${id}-folder`}>Folder</label>
      <input
        id={`${id}-folder`}
        type="file"
        multiple
        disabled={isBusy}
        {...{ webkitdirectory: true }}
        onChange={({ currentTarget }) => take(currentTarget)}
      />
    </>
  );
}
