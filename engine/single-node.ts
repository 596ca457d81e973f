import './n8n-home';

import {
  Workflow,
  type ICredentialDataDecryptedObject,
  type ICredentialType,
  type INode,
  type INodeParameters,
  type INodeType,
  type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { additionalData } from './additional-data';
import { CredentialStore } from './credential-store';
import { KnownNodeTypes } from './known-node-types';

export interface Credential {
  readonly type: ICredentialType;
  readonly data: ICredentialDataDecryptedObject;
}

export interface SingleNode {
  readonly node: INode;
  readonly workflow: Workflow;
  readonly additionalData: IWorkflowExecuteAdditionalData;
  readonly credentialStore: CredentialStore;
}

/** A workflow of one node with one credential: what n8n makes for everything outside of a run. */
export function singleNode(
  nodeType: INodeType,
  { type, data }: Credential,
  parameters: INodeParameters = {},
): SingleNode {
  const node: INode = {
    id: 'node',
    name: 'Node',
    type: nodeType.description.name,
    typeVersion: [nodeType.description.version].flat().at(-1) ?? 1,
    position: [0, 0],
    parameters: structuredClone(parameters),
    credentials: { [type.name]: { id: 'credential', name: type.displayName } },
  };
  const credentialStore = new CredentialStore([type], { credential: data });
  return {
    node,
    workflow: new Workflow({
      name: 'Workflow',
      nodes: [node],
      connections: {},
      active: false,
      nodeTypes: new KnownNodeTypes({ [node.type]: nodeType }),
    }),
    additionalData: { ...additionalData(credentialStore), currentNodeParameters: node.parameters },
    credentialStore,
  };
}
