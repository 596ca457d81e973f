import './n8n-home';

import { ExecuteContext } from 'n8n-core';
import { createEmptyRunExecutionData } from 'n8n-workflow';

import type { SingleNode } from './single-node';

/** What a node's `execute` gets as `this`, for one empty item, outside of a run. */
export function executeContext({ workflow, node, additionalData }: SingleNode): ExecuteContext {
  return new ExecuteContext(
    workflow,
    node,
    additionalData,
    'internal',
    createEmptyRunExecutionData(),
    0,
    [],
    { main: [[{ json: {} }]] },
    { node, data: {}, source: null },
    [],
  );
}
