/** Name and version of the browser, from its user agent. */
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
    ? `Equal: ${browser} computes the same bits as the trainer.`
    : `Not equal: ${browser} computes different bits from the trainer, which is a bug.`;
}
