import type { IDataObject, INodeType, INodeTypes } from 'n8n-workflow';

/** The node types a workflow may use, by the type name it uses for them. */
export class KnownNodeTypes implements INodeTypes {
  constructor(private readonly types: Readonly<Record<string, INodeType>>) {}

  getByName(name: string): INodeType {
    const type = this.types[name];
    if (type === undefined) throw new Error(`No node type "${name}" was given to the engine`);
    return type;
  }

  getByNameAndVersion(name: string): INodeType {
    return this.getByName(name);
  }

  getKnownTypes(): IDataObject {
    return {};
  }
}
