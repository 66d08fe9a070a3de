// How far an installation is: the events that pnpm prints as JSON lines (--reporter=ndjson), in sentences.

/** Reads the output of npx and pnpm line by line. */
export function createProgress() {
  /** Bytes of each package that is fetched, and how many of them have arrived. */
  const sizes = new Map();
  const arrived = new Map();
  let resolved = 0;
  let found = 0;
  let fetched = 0;
  let milliseconds;

  const count = (event) => {
    const { name, status, packageId } = event;
    if (name === 'pnpm:execution-time') milliseconds = event.endedAt - event.startedAt;
    if (name === 'pnpm:progress') {
      if (status === 'resolved') resolved += 1;
      if (status === 'found_in_store') found += 1;
      if (status !== 'fetched') return;
      fetched += 1;
      arrived.set(packageId, sizes.get(packageId));
    }
    if (name === 'pnpm:fetching-progress') {
      if (status === 'started') sizes.set(packageId, event.size ?? 0);
      arrived.set(packageId, event.downloaded ?? 0);
    }
  };

  return {
    /** Counts the line if it is one of pnpm's events; returns the text if the line has one for the user. */
    read(line) {
      let event;
      try {
        event = JSON.parse(line);
      } catch {
        return line;
      }
      if (event?.name === 'pnpm' && (event.level === 'error' || event.level === 'warn'))
        return [event.code, event.message].filter(Boolean).join(' ');
      count(event);
      return undefined;
    },

    /** What is fetched, and how much of that has arrived; undefined before anything is. */
    sentence() {
      if (sizes.size === 0) return undefined;
      const total = resolved - found;
      // Every download has begun, so the sum of their sizes is known.
      const of = sizes.size >= total ? ` of ${megabytes(sum(sizes))}` : '';
      return `fetched ${fetched} of ${total} packages, ${megabytes(sum(arrived))}${of} MB`;
    },

    /** What was installed; undefined if pnpm said nothing. */
    summary() {
      if (milliseconds === undefined) return undefined;
      if (resolved === 0) return 'all packages are there already';
      const from = fetched === 0 ? 'none fetched' : `${fetched} fetched, ${megabytes(sum(sizes))} MB`;
      return `installed ${resolved} packages (${from}) in ${(milliseconds / 1000).toFixed(1)} s`;
    },
  };
}

function sum(bytes) {
  return [...bytes.values()].reduce((total, value) => total + (value ?? 0), 0);
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
