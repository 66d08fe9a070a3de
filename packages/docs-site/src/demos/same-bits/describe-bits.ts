/** The browser by its name and version, as it gives them itself; what it does not say is not guessed. */
export function browserName(userAgent: string): string {
  const known: readonly (readonly [name: string, pattern: RegExp])[] = [
    ['Edge', /\bEdg\/(\d+)/],
    ['Opera', /\bOPR\/(\d+)/],
    ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
    ['Chrome', /\b(?:Headless)?(?:Chrome|CriOS)\/(\d+)/],
    ['Safari', /\bVersion\/(\d+)[\d.]* .*Safari\//],
  ];
  for (const [name, pattern] of known) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return 'your browser';
}

/** The outcome in a sentence. */
export function describeBits(browser: string, here: string, there: string): string {
  return here === there
    ? `Equal: ${browser} has the very bits that the trainer has.`
    : `Not equal: ${browser} trained to other bits than the trainer. That should not be.`;
}
