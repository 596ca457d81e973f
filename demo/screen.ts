import { styleText } from 'node:util';

/** Nothing is printed wider than this. */
export const WIDTH = 80;

const REFRESH_MS = 80;
/** Begins the line anew and does not break it where the terminal is narrow. */
const RENEW_LINE = '\r\x1b[2K\x1b[?7l';
const BREAK_LINES = '\x1b[?7h';

/** Colours, where the reader's terminal shows them and NO_COLOR does not forbid it. */
export function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/**
 * Prints lines, with one line of progress below them: renewed in place on a terminal. Where the
 * output goes to a file or a log, only its last state is printed.
 */
export class Screen {
  private progress = '';

  line(text = ''): void {
    const { progress } = this;
    this.erase();
    process.stdout.write(`${text}\n`);
    this.draw(progress);
  }

  lines(texts: readonly string[]): void {
    for (const text of texts) this.line(text);
  }

  /** Shows progress until the returned function is called, which leaves the last state there. */
  watch(progress: () => string): () => void {
    const show = () => {
      if (process.stdout.isTTY) this.draw(`  ${progress()}`);
    };
    const timer = setInterval(show, REFRESH_MS);
    return () => {
      clearInterval(timer);
      this.erase();
      this.line(`  ${progress()}`);
    };
  }

  private draw(progress: string): void {
    this.erase();
    this.progress = progress;
    if (progress !== '') process.stdout.write(RENEW_LINE + progress + BREAK_LINES);
  }

  private erase(): void {
    if (this.progress !== '') process.stdout.write(RENEW_LINE + BREAK_LINES);
    this.progress = '';
  }
}
