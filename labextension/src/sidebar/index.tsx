// The sidebar: sections that fold, and a word when the server is not heard.
import { addIcon, type LabIcon, refreshIcon, runIcon } from '@jupyterlab/ui-components';
import type React from 'react';

import { LinkButton } from '../components/buttons';
import { useRegistry, useTrans } from '../components/context';
import { useContributions } from '../components/useContributions';
import { useConnection } from '../events/hooks';
import { MemoryProvider, type SidebarMemory } from './memory';
import { type RowCommands, RowCommandsContext } from './parts';
import { Section } from './section';

export function Sidebar(props: {
  commands: RowCommands;
  memory: SidebarMemory;
}): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const sections = useContributions(registry.sections);
  const connection = useConnection();
  return (
    <div className="jp-Registry-sidebar">
      <div className="jp-Registry-sidebarHeader">
        <h2>{trans.__('Model Registry')}</h2>
        <IconButton
          icon={addIcon}
          label={trans.__('Register a package')}
          run={() => void registry.register()}
        />
        <IconButton
          icon={runIcon}
          label={trans.__('New leaderboard')}
          run={() => void registry.newLeaderboard()}
        />
        <IconButton
          icon={refreshIcon}
          label={trans.__('Refresh')}
          run={() => registry.changes.refresh()}
        />
      </div>
      {connection === 'lost' && (
        <p className="jp-Registry-lost" role="status">
          {trans.__('The server does not answer; it is tried again.')}{' '}
          <LinkButton onClick={() => registry.changes.connect()}>{trans.__('Now')}</LinkButton>
        </p>
      )}
      <RowCommandsContext.Provider value={props.commands}>
        <MemoryProvider memory={props.memory}>
          {sections.map(section => (
            <Section key={section.id} section={section} />
          ))}
        </MemoryProvider>
      </RowCommandsContext.Provider>
    </div>
  );
}

function IconButton(props: { icon: LabIcon; label: string; run: () => void }): React.ReactElement {
  return (
    <button
      type="button"
      className="jp-Registry-iconButton"
      aria-label={props.label}
      title={props.label}
      onClick={props.run}
    >
      <props.icon.react tag="span" width="16px" />
    </button>
  );
}
