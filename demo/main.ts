import { join } from 'node:path';

import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator';
import { patchWithRetryOnFail, putInLoop, putWithRetryOnFail } from './http-request';
import { paragraph } from './layout';
import { type NextStep, withNextStep } from './next-step';
import { writeLockedBy, writeUnhindered } from './other-systems';
import { type Execution, OurWorkflow } from './our-workflow';
import { ParticipantClient } from './participant-client';
import * as report from './report';
import { playRound, type Round } from './round';
import { paint, Screen } from './screen';
import { complaints, oversights } from './verdict';

const ROOT = join(__dirname, '..');
const LATENCY_MS = 20;
/** The rounds of one simulator take about half of this. */
const DEADLINE_MS = 15_000;
const INTERRUPTED = 130;

const screen = new Screen();
const stop = new AbortController();

async function main(): Promise<number> {
  screen.lines(report.introduction(LATENCY_MS));
  const wrong = [
    ...(await withSimulator({}, playVersioned)),
    ...(await withSimulator({ flavour: 'public' }, playPublic)),
  ];
  for (const complaint of wrong) {
    screen.lines(paragraph(complaint).map((line) => paint('red', line)));
  }
  if (wrong.length > 0) return 1;
  const conclusion = 'This node has lost nothing, and the calls were left alone.';
  screen.lines(['', paint(['green', 'bold'], conclusion)]);
  return 0;
}

async function withSimulator(
  options: SimulatorOptions,
  play: (simulator: Simulator) => Promise<string[]>,
): Promise<string[]> {
  const simulator = await startSimulator({ ...options, latencyMs: LATENCY_MS });
  try {
    return await play(simulator);
  } finally {
    await simulator.close();
  }
}

/** Plays the rounds under a version. Gives what is wrong with that of the node. */
async function playVersioned(simulator: Simulator): Promise<string[]> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const workflow = await OurWorkflow.load(ROOT, simulator);
  const client = await ParticipantClient.signIn(simulator);
  const others = await ParticipantClient.signIn(simulator);
  const stage = {
    ...{ simulator, screen, stop: stop.signal, deadline },
    writeAsOther: writeLockedBy(others),
    bystanders: [others.authorization],
  };
  screen.lines(report.versionedApi());

  screen.lines(report.heading('1  HTTP Request, with Retry On Fail: each try sends the same.'));
  const retrying = await playRound(stage, (call, update, signal) =>
    putWithRetryOnFail(call, client, update, signal),
  );
  screen.lines(report.losses(retrying));

  screen.lines(
    report.heading('2  HTTP Request, in a loop: on a 409 fetch the version, send the old map.'),
  );
  const looping = await playRound(stage, (call, update, signal) =>
    putInLoop(call, client, update, signal),
  );
  screen.lines(report.losses(looping));

  screen.lines(report.heading('3  This node: n8n’s engine runs set-participant-attributes.json.'));
  const node = await playRound(stage, (call, update, signal) => workflow.run(call, update, signal));
  screen.lines(report.losses(node));

  screen.lines([
    ...report.heading('Every update of this node (times in ms; batch: updates in the same write)'),
    ...report.executions(node.results),
    ...report.heading('Side by side'),
    ...report.comparison([
      { name: '1 Retry On Fail', round: retrying, believedWritten: count(retrying, saysWritten) },
      { name: '2 loop', round: looping, believedWritten: count(looping, saysWritten) },
      { name: '3 this node', round: node, believedWritten: count(node, isWritten) },
    ]),
    ...report.heading('All attributes of the customer after round 3'),
    ...report.finalAttributes(node),
    ...report.heading('The call of round 3'),
    ...report.callState(node),
  ]);
  return complaints(node);
}

/** Plays the rounds on the public API. Gives what is wrong with that of the node. */
async function playPublic(simulator: Simulator): Promise<string[]> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const workflow = await OurWorkflow.load(ROOT, simulator);
  const client = await ParticipantClient.signIn(simulator);
  const nextStep = await ParticipantClient.signIn(simulator);
  const stage = {
    ...{ simulator, screen, stop: stop.signal, deadline },
    writeAsOther: writeUnhindered,
    bystanders: [nextStep.authorization],
  };
  const trouble = { conflicts: 2, falseSuccesses: 2 };
  const orderTrouble = () => {
    const { conflicts, falseSuccesses } = trouble;
    simulator.fault({ on: 'write', kind: 'falseAcceptance', body: 'page', times: falseSuccesses });
    simulator.fault({ on: 'write', kind: 'conflict', times: conflicts });
  };
  screen.lines(report.publicApi(simulator.settings.visibilityLagMs, trouble));

  screen.lines(report.heading('4  HTTP Request (PATCH), with Retry On Fail'));
  orderTrouble();
  const patching = await playRound(
    stage,
    withNextStep(nextStep, (call, update, signal) =>
      patchWithRetryOnFail(call, client, update, signal),
    ),
  );
  screen.lines(report.losses(patching));

  screen.lines(report.heading('5  This node, which finds out by itself that it has to PATCH'));
  orderTrouble();
  const node = await playRound(
    stage,
    withNextStep(nextStep, (call, update, signal) => workflow.run(call, update, signal)),
  );
  screen.lines(report.losses(node));

  screen.lines([
    ...report.heading('Side by side (next step: it reads right after, and sees the update)'),
    ...report.publicComparison([
      {
        name: '4 Retry On Fail',
        round: patching,
        believedWritten: count(patching, ({ result }) => saysWritten(result)),
        seenByNextStep: count(patching, isSeen),
      },
      {
        name: '5 this node',
        round: node,
        believedWritten: count(node, ({ result }) => isWritten(result)),
        seenByNextStep: count(node, isSeen),
      },
    ]),
  ]);
  const executions = { ...node, results: node.results.map(({ result }) => result) };
  return [...complaints(executions), ...oversights(node)];
}

const saysWritten = (result: boolean) => result;
const isWritten = ({ outcome }: Execution) => outcome === 'written';
const isSeen = ({ seen }: NextStep<unknown>) => seen;

function count<Result>({ results }: Round<Result>, is: (result: Result) => boolean): number {
  return results.filter(is).length;
}

process.once('SIGINT', () => {
  stop.abort();
});

main()
  .catch((error: unknown) => {
    if (stop.signal.aborted) {
      screen.line('Stopped.');
      return INTERRUPTED;
    }
    console.error(error);
    return 1;
  })
  .then((exitCode) => {
    process.exitCode = exitCode;
  })
  .catch(console.error);
