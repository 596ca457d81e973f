import type { Simulator } from '../../simulator/index';
import type { Messages } from '../../simulator/window/messages';

type Told = { [Name in keyof Messages]: { readonly name: Name; readonly message: Messages[Name] } };

/** One event of the window's stream. */
export type WindowEvent = Told[keyof Messages];

/** What a browser reads that has the simulator's window open. */
export class EventStream {
  /** All that was received, as it came. */
  text = '';
  readonly events: WindowEvent[] = [];
  readonly #leaving = new AbortController();
  #noteNext = Promise.withResolvers<undefined>();

  static async open({ windowUrl }: Simulator): Promise<EventStream> {
    const stream = new EventStream();
    const { signal } = stream.#leaving;
    const response = await fetch(`${windowUrl}events`, { signal });
    if (!response.body) throw new Error('There is no stream');
    void stream.#receive(response.body.pipeThrough(new TextDecoderStream()));
    return stream;
  }

  /** The first event that was or will be received and for which the function gives something. */
  async find<Found>(look: (event: WindowEvent) => Found | undefined): Promise<Found> {
    for (;;) {
      for (const event of this.events) {
        const found = look(event);
        if (found !== undefined) return found;
      }
      await this.#noteNext.promise;
    }
  }

  leave(): void {
    this.#leaving.abort();
  }

  async #receive(chunks: AsyncIterable<string>): Promise<void> {
    let rest = '';
    try {
      for await (const chunk of chunks) {
        this.text += chunk;
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        this.events.push(...blocks.flatMap(eventOf));
        this.#noteNext.resolve(undefined);
        this.#noteNext = Promise.withResolvers();
      }
    } catch {
      // It has left, or the simulator has closed.
    }
  }
}

function eventOf(block: string): WindowEvent[] {
  const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
  if (name === undefined || data === undefined) return [];
  return [{ name, message: JSON.parse(data) as unknown } as WindowEvent];
}
