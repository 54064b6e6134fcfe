// The schema of the last release, which clients were written for.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const FILE = new URL('../released.graphql', import.meta.url);

/** The copy that the repository keeps, so that a shallow clone without tags has it too. */
export const kept = () => readFileSync(FILE, 'utf8');

/** The last tag that is an ancestor of what is checked out, and its schema; null where there is none. */
export function tagged(folder = new URL('.', import.meta.url).pathname) {
  const git = (...arguments_) =>
    execFileSync('git', arguments_, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] });
  let tag;
  try {
    tag = git('describe', '--tags', '--abbrev=0').trim();
  } catch {
    // No tag, a clone without them, or no repository at all, such as an unpacked archive.
    return null;
  }
  return { tag, sdl: git('show', `${tag}:schema.graphql`) };
}
