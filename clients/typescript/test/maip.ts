// The server under test, its accounts, and servers of our own with other settings.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} isn't set: run cargo xtask clients`);
  return value;
}

export const endpoint = `${variable('MAIP_URL')}/graphql`;
const demoAccounts = variable('MAIP_DEMO_ACCOUNTS');

interface Account {
  role: string;
  country: string;
  login: string;
  password: string;
}

const demo: { accounts: Account[]; partnerToken: string } = JSON.parse(readFileSync(demoAccounts, 'utf8'));
export const { partnerToken } = demo;

export function account(role: string, country: string): Account {
  const found = demo.accounts.find((one) => one.role === role && one.country === country);
  if (!found) throw new Error(`there is no ${role} of ${country}`);
  return found;
}

/** The environment without our own variables, which `maip` would take for settings. */
const environment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MAIP_')));

/** Runs a command of `maip` on the database of the server under test. */
export const onDemo = (...command: string[]) => maip(dirname(demoAccounts), ...command);

function maip(dataDir: string, ...command: string[]): string {
  return execFileSync(variable('MAIP_BINARY'), [...command, '--data-dir', dataDir], {
    encoding: 'utf8',
    env: environment(),
  });
}

/** A server without records, with these settings and the keys of the server under test; `stop` ends it. */
export async function serve(...settings: string[]): Promise<{ url: string; stop: () => Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'maip-typescript-'));
  copyFileSync(join(dirname(demoAccounts), 'keys'), join(dataDir, 'keys'));
  maip(dataDir, 'migrate');
  const server = spawn(
    variable('MAIP_BINARY'),
    ['serve', '--port', '0', '--data-dir', dataDir, '--log', 'warn', ...settings],
    { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((done) => server.once('exit', () => done()));
  const stop = async () => {
    server.kill();
    await ended;
    rmSync(dataDir, { recursive: true });
  };
  for await (const line of createInterface(server.stdout)) {
    const url = line.split('listening on ')[1];
    if (url) return { url: `${url.trim()}/graphql`, stop };
  }
  throw new Error('the server ended before it listened');
}
