/** A kind of data that `--data` takes, for the reference. */
export interface SourceDescription {
  readonly what: string;
  /** What is understood of an example: the line that the commands print. */
  readonly line: string;
  /** The example, among the files of @micronn/fixtures, which independent programs have written. */
  readonly example: string;
}

/** The kinds of data that are read, each with the line that its example gets. A test reads every example. */
export const sources: readonly SourceDescription[] = [
  {
    what: 'IDX, as MNIST, Fashion-MNIST and KMNIST come: a folder, in any layout (torchvision’s `MNIST/raw`, Kaggle’s archive), gzipped or not, or the file of the images',
    example: 'sources/idx',
    line: 'IDX · MNIST’s file names · 784 pixels 0–255 · 10 classes',
  },
  {
    what: 'EMNIST’s sets; of a folder with several, name one: `emnist/emnist-letters`',
    example: 'sources/emnist/emnist-letters',
    line: 'IDX · EMNIST letters · gzip · 784 pixels 0–255 · turned upright · 10 classes',
  },
  {
    what: 'QMNIST, whose labels have eight columns',
    example: 'sources/qmnist',
    line: 'IDX · QMNIST · gzip · 784 pixels 0–255 · 10 classes',
  },
  {
    what: 'Keras’s mnist.npz, and any .npz with arrays of images and labels',
    example: 'sources/numpy/keras.npz',
    line: 'npz · x_train, y_train, x_test, y_test · 784 pixels 0–255 · 10 classes',
  },
  {
    what: '.npy files: a folder with images and labels, or the file of the images',
    example: 'sources/numpy/pair',
    line: 'npy · X_train.npy, y_train.npy, X_test.npy, y_test.npy · 784 pixels 0–255 · 10 classes',
  },
  {
    what: 'Parquet with images, as the Hugging Face hub keeps MNIST: a file, or a folder of them',
    example: 'sources/parquet/hub',
    line: 'Parquet · image, label · 2 files · 784 pixels 0–255 · 10 classes',
  },
  {
    what: 'PNG or JPEG files: a folder for each class, also below `train` and `test`; the label in the file names (`3_00017.png`); or a CSV with names and labels beside them',
    example: 'sources/pictures',
    line: 'folder of 10 classes · PNG · 784 pixels 0–255 · 10 classes',
  },
  {
    what: 'zip, tar and gzip around any of these',
    example: 'sources/zip/idx.zip',
    line: 'IDX in zip · MNIST’s file names · 784 pixels 0–255 · 10 classes',
  },
  {
    what: 'CSV, as Kaggle writes it: a header, then a label and pixels in each line',
    example: 'tables/kaggle.csv',
    line: 'Kaggle CSV · header · label in column 1 · 8 × 8 pixels 0–255 · 10 classes',
  },
  {
    what: 'CSV without a header, the label in the last column',
    example: 'tables/label-last-headerless.csv',
    line: 'CSV · no header · label in column 65 · 8 × 8 pixels 0–255 · 10 classes',
  },
  {
    what: 'CSV with an index, as pandas writes it',
    example: 'tables/index.csv',
    line: 'CSV · header · label in column 2 · index column 1 ignored · 8 × 8 pixels 0–255 · 10 classes',
  },
  {
    what: 'CSV with one-hot labels',
    example: 'tables/one-hot.csv',
    line: 'CSV · no header · one-hot label in columns 1 to 10 · 8 × 8 pixels 0–255 · 10 classes',
  },
  {
    what: 'CSV whose pixels are fractions',
    example: 'tables/float01.csv',
    line: 'Kaggle CSV · header · label in column 1 · 8 × 8 pixels 0–1 · 10 classes',
  },
  {
    what: 'semicolons, as spreadsheets write where the comma is the decimal point',
    example: 'tables/semicolon.csv',
    line: 'semicolon-separated CSV · header · label in column 1 · 8 × 8 pixels 0–255 · 10 classes',
  },
  {
    what: 'tabs',
    example: 'tables/tab.tsv',
    line: 'TSV · header · label in column 1 · 8 × 8 pixels 0–255 · 10 classes',
  },
  {
    what: 'blanks, as NumPy’s savetxt writes',
    example: 'tables/savetxt.txt',
    line: 'space-separated table · no header · label in column 1 · 8 × 8 pixels 0–255 · 10 classes',
  },
  {
    what: 'libsvm, which lists what is not 0',
    example: 'tables/digits.libsvm',
    line: 'libsvm · features up to index 64 · 8 × 8 pixels 0–255 · 10 classes',
  },
  {
    what: 'ARFF, as OpenML keeps mnist_784, dense or sparse',
    example: 'tables/dense.arff',
    line: 'ARFF · mnist_64 · class in column 65 · 8 × 8 pixels 0–255 · 10 classes',
  },
];
