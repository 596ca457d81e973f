import type { Call, JournalEntry, Simulator } from './index';
import { FAULT_KINDS, startSimulator } from './index';
import { readOptions } from './main-options';

async function main(): Promise<void> {
  const { stateChangesEveryMs, ...options } = readOptions(process.argv.slice(2), process.env);
  const simulator = await startSimulator({ ...options, log: printRequest });
  const call = simulator.addCall({ attributes: { priority: 'normal', language: 'en' } });
  if (stateChangesEveryMs > 0) call.keepChanging(stateChangesEveryMs);
  console.log(welcome(simulator, call, stateChangesEveryMs));

  const stop = () => void simulator.close();
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

function printRequest({ method, path, status }: JournalEntry): void {
  console.log(`${method} ${path} ${String(status ?? '(no reply)')}`);
}

function welcome(simulator: Simulator, call: Call, stateChangesEveryMs: number): string {
  const { url, windowUrl, clientId, clientSecret } = simulator;
  const { conversationId, customer } = call;
  const state =
    stateChangesEveryMs > 0 ? `changes state every ${String(stateChangesEveryMs)} ms` : 'is quiet';
  return `Genesys Cloud simulator at ${url}

Watch it, and make things go wrong: ${windowUrl}

Credential "Genesys Cloud API"
  Region         Custom
  Login URL      ${url}
  API URL        ${url}
  Client ID      ${clientId}
  Client Secret  ${clientSecret}

One live call, which ${state}
  Conversation ID           ${conversationId}
  Participant ID, customer  ${customer.id}

Without a browser, see it
  curl ${url}/_simulator/calls/${conversationId}
Make the next three writes meet a conflict; docs/simulator.md has all kinds of fault:
${FAULT_KINDS.slice(0, 8).join(', ')},
${FAULT_KINDS.slice(8).join(', ')}
  curl ${url}/_simulator/faults -d '{"on":"write","kind":"conflict","times":3}'
Let every read lag behind by a lag of its own (all settings: curl ${url}/_simulator/settings;
they can be given with --settings from the start)
  curl -X PATCH ${url}/_simulator/settings -d '{"visibilityLagMs":{"from":0,"to":800}}'
Let other systems write 20 times a second
  curl -X PATCH ${url}/_simulator/settings -d '{"otherWritesPerSecond":20}'
Add another call
  curl ${url}/_simulator/calls -d '{"attributes":{"priority":"low"}}'

Add a campaign (or one of groups, users) for updates of a versioned resource
  curl ${url}/_simulator/resources -d '{"kind":"campaigns","fields":{"name":"Renewals","dialingMode":"preview"}}'

Ctrl+C stops it. Requests:
`;
}

function isPortTaken(error: unknown): error is NodeJS.ErrnoException & { port: number } {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

main().catch((error: unknown) => {
  if (isPortTaken(error)) {
    console.error(`Port ${String(error.port)} is taken: choose another with --port or PORT.`);
  } else {
    console.error(error instanceof Error ? error.message : error);
  }
  process.exitCode = 1;
});
