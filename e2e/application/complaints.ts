import * as z from 'zod/v4';

/** A line of n8n's log with `N8N_LOG_FORMAT=json`. */
const logLine = z.object({ level: z.string() });

/** The package, its node, and the file names of both. */
const OURS = /genesys[- ]?cloud/i;

/** What Node.js warns of in words of its own, whoever is to blame. */
const WARNING_OF_NODE = 'Warning:';

/**
 * What complains about this package in n8n's log in JSON: warnings and errors in which its name or one
 * of its files comes up, and lines that are no log lines, such as the stack of a crash.
 */
export function complaintsIn(log: string): string[] {
  return log.split('\n').filter((line) => {
    const level = levelOf(line);
    if (level === undefined) return OURS.test(line) || line.includes(WARNING_OF_NODE);
    return ['warn', 'error'].includes(level) && OURS.test(line);
  });
}

function levelOf(line: string): string | undefined {
  try {
    return logLine.parse(JSON.parse(line)).level;
  } catch {
    return undefined;
  }
}
