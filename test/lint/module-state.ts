import ts from 'typescript';

/** Makes constants, by the name that is called: of this project, operations and what their panels offer. */
const PURE =
  /^(z\.|Object\.(freeze|fromEntries|keys|entries)$|Array\.from$|promisify$|randomUUID$|attributeProperty$|choiceOf$|optionsOf$|participantPropertiesFor$|participantUpdate$|reading$|secureOptions$|seen$|sharedOption$|versionedUpdate$)/;
/** What may be made of what stands there, and is not touched again. */
const COLLECTIONS = new Set(['Set', 'Map', 'RegExp']);
/** What changes a collection or an array. */
const CHANGING = new Set(
  'add set delete clear push pop shift unshift splice sort reverse fill copyWithin'.split(' '),
);

/**
 * What a source file keeps in variables of its module that may change, or does as soon as it is
 * loaded: each as its first line. Constants, however they are written, are not among it.
 */
export function moduleState(text: string): string[] {
  const source = ts.createSourceFile('imagined.ts', text, ts.ScriptTarget.Latest, true);
  const changed = changedNames(source);
  const found: ts.Node[] = [];
  for (const statement of source.statements) {
    if (ts.isExpressionStatement(statement)) found.push(statement);
    if (!ts.isVariableStatement(statement)) continue;
    const isConstant = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
    for (const { initializer, name } of statement.declarationList.declarations) {
      const isChanged = ts.isIdentifier(name) && changed.has(name.text);
      if (!isConstant || isChanged || (initializer && holdsState(initializer))) {
        found.push(statement);
      }
    }
  }
  for (const statement of source.statements.filter(ts.isClassDeclaration)) {
    found.push(...statement.members.filter((member) => isStaticState(member)));
  }
  return found.map((node) => node.getText(source).split('\n')[0] ?? '');
}

function isStaticState(member: ts.ClassElement): boolean {
  if (!ts.isPropertyDeclaration(member)) return false;
  const kinds = new Set(member.modifiers?.map(({ kind }) => kind));
  if (!kinds.has(ts.SyntaxKind.StaticKeyword)) return false;
  const { initializer } = member;
  return !kinds.has(ts.SyntaxKind.ReadonlyKeyword) || (!!initializer && holdsState(initializer));
}

/** Whether an expression makes something that is there to be changed. Functions run later. */
function holdsState(node: ts.Node): boolean {
  if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isTypeNode(node)) return false;
  if (ts.isNewExpression(node) && !isConstantCollection(node)) return true;
  if (ts.isCallExpression(node) && !isPure(node)) return true;
  const isEmpty =
    (ts.isArrayLiteralExpression(node) && node.elements.length === 0) ||
    (ts.isObjectLiteralExpression(node) && node.properties.length === 0);
  if (isEmpty && ts.isVariableDeclaration(node.parent)) return !isOfReadonlyType(node);
  return node.getChildren().some(holdsState);
}

function isConstantCollection(made: ts.NewExpression): boolean {
  const { arguments: given = [], expression } = made;
  if (expression.getText().includes('extends Error')) return true;
  return COLLECTIONS.has(expression.getText()) && (given.length > 0 || isOfReadonlyType(made));
}

/** Whether its type is named, and is not one that lets it be changed. */
function isOfReadonlyType({ parent }: ts.Node): boolean {
  if (!ts.isVariableDeclaration(parent) || !parent.type) return false;
  return !/^(Weak)?(Map|Set)\b|^Array\b|^Record\b|^[^ ]*\[\]$/.test(parent.type.getText());
}

function isPure(call: ts.CallExpression): boolean {
  const called = call.expression.getText();
  if (PURE.test(called)) return true;
  // A method of a constant, such as `NAMES.map(…)`, or of what a pure call gives.
  const { expression } = call;
  if (ts.isIdentifier(expression)) return isPureFunction(expression);
  if (!ts.isPropertyAccessExpression(expression)) return false;
  return !CHANGING.has(expression.name.text) && !holdsState(expression.expression);
}

/** Whether it names a function of the same file that makes nothing that is there to be changed. */
function isPureFunction(name: ts.Identifier): boolean {
  const declared = name
    .getSourceFile()
    .statements.find((one) => ts.isFunctionDeclaration(one) && one.name?.text === name.text);
  const body = declared && ts.isFunctionDeclaration(declared) ? declared.body : undefined;
  return body !== undefined && !holdsState(body);
}

/** Names of what is changed anywhere in the file: given a new value, or by a method that changes it. */
function changedNames(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node) => {
    const target = changedBy(node);
    if (target && ts.isIdentifier(target)) names.add(target.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

function changedBy(node: ts.Node): ts.Expression | undefined {
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { expression, name } = node.expression;
    return CHANGING.has(name.text) ? expression : undefined;
  }
  const isAssignment =
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
    node.operatorToken.kind <= ts.SyntaxKind.LastAssignment;
  if (!isAssignment) return undefined;
  const { left } = node;
  const isMember = ts.isPropertyAccessExpression(left) || ts.isElementAccessExpression(left);
  return isMember ? left.expression : undefined;
}
