const TELL_EVERY_S = 15;

/**
 * Does something that takes long: says what and about how long, the seconds meanwhile, and how long
 * it has taken.
 *
 * @param tell is told a line each time
 * @param what with its usual duration
 */
export async function step<Result>(
  tell: (line: string) => void,
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  tell(`${what} …`);
  const from = performance.now();
  const seconds = () => Math.round((performance.now() - from) / 1000);
  const timer = setInterval(() => {
    tell(`  … ${seconds()} s`);
  }, TELL_EVERY_S * 1000);
  try {
    const result = await work();
    tell(`  done after ${seconds()} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
