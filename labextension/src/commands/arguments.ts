// The commands' arguments as JSON schemas, for `describedBy`.
const TAB = { type: 'string', description: 'The id of the tab to show first' };

export const ENTITY_ARGS = {
  args: {
    type: 'object',
    properties: { id: { type: 'integer', description: 'The id in the registry' }, tab: TAB },
    required: ['id']
  }
} as const;

export const REGISTER_ARGS = {
  args: {
    type: 'object',
    properties: {
      kind: { type: 'string', enum: ['custom', 'external'] },
      name: { type: 'string', description: 'The registered model' },
      paths: {
        type: 'array',
        items: { type: 'string' },
        description: "Files or folders in Jupyter's contents"
      }
    }
  }
} as const;

export const TRAIN_ARGS = {
  args: {
    type: 'object',
    properties: {
      path: { type: 'string', description: "A CSV or Parquet file in Jupyter's contents" },
      like: { type: 'integer', description: 'The id of a leaderboard that is trained again' }
    }
  }
} as const;

export const NO_ARGS = { args: { type: 'object', properties: {} } } as const;
