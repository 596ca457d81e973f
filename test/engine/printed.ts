/**
 * Notes all that this process prints.
 *
 * @returns what gives it, and notes no more
 */
export function notePrinted(): () => readonly string[] {
  const printed: string[] = [];
  const restore = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array, ...rest: never[]) => {
      printed.push(String(chunk));
      return write(chunk, ...rest);
    };
    return () => {
      stream.write = write;
    };
  });
  return () => {
    for (const back of restore) back();
    return printed;
  };
}
