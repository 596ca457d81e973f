// Says what is still missing before a version can be published: node scripts/check-release.mjs v1.2.0
import { readFileSync } from 'node:fs';

/**
 * @param {string} tag such as v1.2.0
 * @param {{ version: string, repository?: unknown, homepage?: string, bugs?: unknown }} manifest
 * @param {string} changelog
 * @returns {string[]} what is missing; empty where nothing is
 */
export function missingFor(tag, manifest, changelog) {
  const missing = [];
  const { version } = manifest;
  if (tag !== `v${version}`) {
    missing.push(`The tag is ${tag}, and "version" in package.json is ${version}.`);
  }
  for (const field of ['repository', 'homepage', 'bugs']) {
    if (!manifest[field]) missing.push(`"${field}" is missing in package.json.`);
  }
  const heading = changelog.split('\n').find((line) => line.startsWith(`## ${version}`));
  if (!heading) missing.push(`CHANGELOG.md has no section "## ${version}".`);
  else if (!/\d{4}-\d\d-\d\d$/.test(heading)) {
    missing.push(`The section "${heading}" of CHANGELOG.md has no date at its end.`);
  }
  return missing;
}

if (process.argv[1] === import.meta.filename) {
  const root = new URL('../', import.meta.url);
  const read = (name) => readFileSync(new URL(name, root), 'utf8');
  const missing = missingFor(
    process.argv[2] ?? '',
    JSON.parse(read('package.json')),
    read('CHANGELOG.md'),
  );
  for (const one of missing) console.error(one);
  process.exitCode = missing.length > 0 ? 1 : 0;
}
