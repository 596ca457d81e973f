/** What a child tells its parent: first that it is ready, then one answer for each question. */
export type Reply<Answer> = { readonly answer: Answer } | { readonly failure: string };

/** Answers the parent's questions, whose type the parent knows, until the parent lets go. */
export function serve(answer: (question: never) => Promise<unknown>): void {
  const reply = (message: Reply<unknown>) => process.send?.(message);
  process.on('message', (question) => {
    answer(question as never).then(
      (it) => reply({ answer: it }),
      (error: unknown) =>
        reply({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => {
    // Kept-alive connections would hold the process.
    process.exit();
  });
  reply({ answer: 'ready' });
}
