import ts from 'typescript';

/** An exported declaration, for the documentation. */
export interface Declaration {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'type' | 'constant';
  /** The declaration without body and `export`. */
  readonly signature: string;
  readonly doc: Doc;
  /** The file of the declaration. */
  readonly file: string;
}

/** A docstring. Its texts are unchanged, with backticks, lists and `{@link name}`. */
interface Doc {
  readonly text: string;
  readonly params: readonly { readonly name: string; readonly text: string }[];
  readonly throws: readonly string[];
}

/** A module: its first comment, and its exports in the order of the source. */
export interface Module {
  readonly text: string;
  readonly exports: readonly Declaration[];
}

/** Reads modules with the type checker, which finds the declaration of a re-export. */
export function readModules(files: readonly string[]): Module[] {
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts'],
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  return files.map((file) => {
    const source = program.getSourceFile(file);
    const symbol = source && checker.getSymbolAtLocation(source);
    if (!symbol) throw new Error(`${file}: expected a module`);
    const exports = checker.getExportsOfModule(symbol).map((exported) => {
      const found = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const declaration = found.declarations?.at(-1);
      if (!declaration) throw new Error(`${file}: ${exported.name} has no declaration`);
      return readDeclaration(exported.name, declaration);
    });
    return { text: firstComment(source), exports };
  });
}

function readDeclaration(name: string, declaration: ts.Declaration): Declaration {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const file = statement.getSourceFile().fileName;
  const doc = readDoc(statement);
  const of = (kind: Declaration['kind'], signature: string): Declaration => ({
    name,
    kind,
    signature: signature.replace(/^export (async )?/, '').trim(),
    doc,
    file,
  });
  if (ts.isFunctionDeclaration(declaration))
    return of('function', withoutBody(declaration, declaration.body));
  if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration))
    return of('type', declaration.getText());
  if (ts.isClassDeclaration(declaration)) return of('class', classSignature(declaration));
  if (ts.isVariableDeclaration(declaration)) return of('constant', constantSignature(declaration));
  throw new Error(`${file}: ${name} has a kind of declaration that the reference does not support`);
}

function withoutBody(node: ts.Node, body: ts.Node | undefined): string {
  const source = node.getSourceFile().text;
  return source.slice(node.getStart(), body?.getStart() ?? node.end).trim();
}

function classSignature(node: ts.ClassDeclaration): string {
  const source = node.getSourceFile().text;
  const head = source.slice(node.getStart(), node.members.pos);
  const members = node.members
    .filter((member) => !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private))
    .map((member) => {
      const comment = source.slice(member.getFullStart(), member.getStart()).trim();
      const text =
        ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member)
          ? withoutBody(member, member.body)
          : member.getText();
      return `${comment === '' ? '' : `  ${comment}\n`}  ${text}`;
    });
  return `${head}\n${members.join('\n')}\n}`;
}

/** The constant, with its value if that is a literal. */
function constantSignature({ name, type, initializer }: ts.VariableDeclaration): string {
  const value = initializer && isLiteral(initializer) ? ` = ${initializer.getText()}` : '';
  return `const ${name.getText()}${type ? `: ${type.getText()}` : ''}${value}`;
}

function isLiteral(node: ts.Expression): boolean {
  return (
    ts.isLiteralExpression(node) ||
    (ts.isArrayLiteralExpression(node) && node.elements.every(isLiteral)) ||
    (ts.isPrefixUnaryExpression(node) && isLiteral(node.operand))
  );
}

function readDoc(node: ts.Node): Doc {
  const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
  const tags = ts.getJSDocTags(node);
  const textOf = (tag: ts.JSDocTag): string => commentText(tag.comment);
  return {
    text: commentText(comment?.comment),
    params: tags
      .filter(ts.isJSDocParameterTag)
      .map((tag) => ({ name: tag.name.getText(), text: textOf(tag) })),
    // TypeScript parses the first word as a type.
    throws: tags
      .filter(({ tagName }) => tagName.text === 'throws')
      .map((tag) =>
        tag
          .getText()
          .replace(/^@throws\s+/, '')
          .replace(/\s*\n\s*\*?\s*/g, ' ')
          .replace(/[\s*/]+$/, ''),
      ),
  };
}

/** The text of a comment, with links as `{@link name}`. */
function commentText(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  return (ts.getTextOfJSDocComment(comment) ?? '').trim();
}

function firstComment(source: ts.SourceFile): string {
  const [range] = ts.getLeadingCommentRanges(source.text, 0) ?? [];
  if (!range || !source.text.startsWith('/**', range.pos)) return '';
  return source.text
    .slice(range.pos + 3, range.end - 2)
    .replace(/^\s*\* ?/gm, '')
    .trim();
}
