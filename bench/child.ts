import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

import type { Reply } from './serve';

export interface ChildOptions {
  /** Of node. */
  readonly flags?: readonly string[];
  /** Beside what this process has itself. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A process of its own that answers one question after the other; see `serve.ts` for its side. */
export class Child<Question extends object, Answer> {
  private pending: PromiseWithResolvers<Answer> | undefined;

  private constructor(private readonly process: ChildProcess) {
    process.on('message', (reply: Reply<Answer>) => {
      if ('failure' in reply) this.pending?.reject(new Error(reply.failure));
      else this.pending?.resolve(reply.answer);
    });
    process.once('exit', (code) => {
      this.pending?.reject(new Error(`A process ended with ${code} before it answered`));
    });
  }

  /** Resolves when the process is ready for questions. */
  static async start<Question extends object, Answer>(
    script: string,
    { flags = [], env = {} }: ChildOptions = {},
  ): Promise<Child<Question, Answer>> {
    const started = fork(script, {
      execArgv: ['--require', 'tsx/cjs', ...flags],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const child = new Child<Question, Answer>(started);
    await child.reply();
    return child;
  }

  async ask(question: Question): Promise<Answer> {
    const reply = this.reply();
    this.process.send(question);
    return await reply;
  }

  async stop(): Promise<void> {
    if (!this.process.connected) return;
    const ended = once(this.process, 'exit');
    this.process.disconnect();
    await ended;
  }

  private async reply(): Promise<Answer> {
    this.pending = Promise.withResolvers<Answer>();
    return await this.pending.promise;
  }
}
