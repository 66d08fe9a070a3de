#!/usr/bin/env node
// The entry in plain JavaScript: Node reads TypeScript with WebAssembly, and can lack it. No module of the trainer is
// loaded yet, so this file writes its errors itself, as the reporters do.
try {
  await import('./main.ts');
} catch (error) {
  const [code, message, exitCode] = failureOf(error);
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ event: 'error', code, message })}\n`);
  } else {
    process.stderr.write(`error ${code}: ${message}\n`);
  }
  process.exitCode = exitCode;
}

/** The code, the sentence and the exit code for a Node that cannot load the program; throws any other error. */
function failureOf(error) {
  if (error.code === 'ERR_WEBASSEMBLY_NOT_SUPPORTED') {
    return [
      'ENGINE',
      'this Node runs without WebAssembly, with which it reads TypeScript: run it without --jitless',
      2,
    ];
  }
  if (/\bE[MN]FILE\b|too many open files/.test(`${error.code} ${error.message}`)) {
    return ['OPEN_FILES', 'too many open files: raise the limit, as ulimit -n 1024', 2];
  }
  if (error.code === 'ERR_MODULE_NOT_FOUND') {
    return [
      'INSTALLATION',
      `a file of the installation is missing (${error.url ?? error.message}): delete node_modules and run npm start again`,
      2,
    ];
  }
  if (error instanceof RangeError && /memory/i.test(error.message)) {
    return [
      'DATA_TOO_LARGE',
      'the system refuses the memory in which Node reads TypeScript: free memory, or raise the limit of addresses (ulimit -v)',
      3,
    ];
  }
  throw error;
}
