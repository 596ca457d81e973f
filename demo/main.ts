import { join } from 'node:path';

import { type Simulator, startSimulator } from '../simulator';
import { paragraph } from './layout';
import { giveUpOnConflict, resendBlindly } from './naive';
import { type Execution, OurWorkflow } from './our-workflow';
import { ParticipantClient } from './participant-client';
import * as report from './report';
import { playRound, type Round } from './round';
import { paint, Screen } from './screen';
import { complaints } from './verdict';

const LATENCY_MS = 20;
/** All rounds together take about half of this. */
const DEADLINE_MS = 13_000;
const INTERRUPTED = 130;

const screen = new Screen();
const stop = new AbortController();

async function main(): Promise<number> {
  const simulator = await startSimulator({ latencyMs: LATENCY_MS });
  try {
    return await play(simulator);
  } finally {
    await simulator.close();
  }
}

/** Plays the three rounds and answers the exit code. */
async function play(simulator: Simulator): Promise<number> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const stage = { simulator, screen, stop: stop.signal, deadline };
  screen.lines(report.introduction(simulator));
  const workflow = await OurWorkflow.load(join(__dirname, '..'), simulator);
  const naive = await ParticipantClient.signIn(simulator);

  screen.lines(report.heading('1  The naive way: read, change, write. On a 409, give up.'));
  const givingUp = await playRound(stage, (call, update) => giveUpOnConflict(call, naive, update));
  screen.line(report.losses(givingUp));

  screen.lines(
    report.heading('2  Worse: on a 409, fetch the new version number and send the old map again.'),
  );
  const resending = await playRound(stage, (call, update, signal) =>
    resendBlindly(call, naive, update, signal),
  );
  screen.line(report.losses(resending));

  screen.lines(
    report.heading('3  This node: n8n’s engine runs examples/set-participant-attributes.json.'),
  );
  const node = await playRound(stage, async (call, update, signal) => {
    const execution = await workflow.run(call, update, signal);
    if (!stop.signal.aborted) screen.line(report.ended(execution));
    return execution;
  });
  screen.line(report.losses(node));

  screen.lines([
    ...report.heading('Every update of this node'),
    ...report.executions(node.results),
    ...report.heading('Side by side'),
    ...report.comparison([
      { name: '1 gives up', round: givingUp, believedWritten: count(givingUp, saysWritten) },
      { name: '2 sends again', round: resending, believedWritten: count(resending, saysWritten) },
      { name: '3 this node', round: node, believedWritten: count(node, isWritten) },
    ]),
    ...report.heading('All attributes of the customer after round 3'),
    ...report.finalAttributes(node),
    ...report.heading('The call of round 3'),
    ...report.callState(node),
    '',
  ]);
  return conclude(node);
}

const saysWritten = (result: boolean) => result;
const isWritten = ({ outcome }: Execution) => outcome === 'written';

function count<Result>({ results }: Round<Result>, is: (result: Result) => boolean): number {
  return results.filter(is).length;
}

function conclude(node: Round<Execution>): number {
  const wrong = complaints(node);
  for (const complaint of wrong) {
    screen.lines(paragraph(complaint).map((line) => paint('red', line)));
  }
  if (wrong.length > 0) return 1;
  screen.line(paint(['green', 'bold'], 'Nothing was lost, and the call was left alone.'));
  return 0;
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
