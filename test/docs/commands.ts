const PROGRAM = /^(?:\w+=\S+ )?(?:curl|docker|git|node|npm|npx) \S/;
const IN_COMMENT = /\b(?:curl|docker|git|node|npm|npx) .+$/;
/** It is how commands begin, and no command. */
const STUB = 'npm run';

/** The commands that a page tells people to run, in shell blocks and in running text, each once. */
export function commandsOf(page: string): readonly string[] {
  const blocks = [...page.matchAll(/```(?:sh|bash|shell|console)\n(.*?)```/gs)];
  const lines = blocks.flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'));
  const prose = page.replace(/```.*?```/gs, '');
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  const commands = [...lines.flatMap(fromLine), ...spans.filter((span) => PROGRAM.test(span))];
  const single = commands.flatMap((command) => command.split(' && ')).map((one) => one.trim());
  return [...new Set(single)].filter((command) => command !== '' && command !== STUB);
}

/** The command of a line, and one that a comment beside it proposes. */
function fromLine(line: string): readonly string[] {
  const [command = '', ...comment] = line.split(/(?:^|\s)#/);
  const proposed = IN_COMMENT.exec(comment.join('#'));
  return proposed ? [command, proposed[0]] : [command];
}

/** What a gate adds to a command without making it another one. */
const FLAGS_OF_GATES = /\s--(?:ci|no-audit|no-fund|maxWorkers=\d+)\b/g;

/** The commands that a shell script runs, without what it does beside. */
export function stepsOf(script: string): ReadonlySet<string> {
  const lines = script.split('\n').filter((line) => !/^\s*(?:#|step )/.test(line));
  const commands = lines.map((line) => /(?:^|\s)((?:node|npm|npx) .+)$/.exec(line)?.[1] ?? '');
  return new Set(commands.map((one) => one.replace(FLAGS_OF_GATES, '').replace(/\s--$/, '')));
}

/** The words of a command that has no quotes but single ones. */
export function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
}
