// The aliases of a model that name a package, given and taken away in place.
import type React from 'react';

import type { PackagePublic } from '../../api/types';
import { useRegistry, useTrans } from '../../components/context';
import { useKept } from '../../components/kept';
import { useState } from '../../react';
import { Chip, Chips } from './Chip';
import { useFocusBack, useShown } from '../../components/useFocusBack';
import { InlineInput } from './InlineInput';
import { aliasProblem } from './rules';
import { useUndo } from './undo';

export function Aliases(props: { entity: PackagePublic; reload: () => void }): React.ReactElement {
  const { entity, reload } = props;
  const { api } = useRegistry();
  const trans = useTrans();
  const tell = useUndo();
  const [adding, setAdding] = useKept('alias', false);
  const shown = useShown();
  const [adder, leave] = useFocusBack<HTMLButtonElement>();
  const [error, setError] = useState<unknown>();
  const { name, version } = entity;

  const point = async (alias: string, to: number | undefined) => {
    await (to === undefined ? api.deleteAlias(name, alias) : api.setAlias(name, alias, to));
    reload();
  };
  const give = async (alias: string) => {
    const before = (await api.model(name)).aliases?.[alias];
    await point(alias, version);
    tell(
      before === undefined || before === version
        ? trans.__('@%1 names this version.', alias)
        : trans.__('@%1 names this version; before it was version %2.', alias, before),
      () => point(alias, before)
    );
  };
  const take = async (alias: string) => {
    setError(undefined);
    leave();
    try {
      await point(alias, undefined);
      tell(trans.__('@%1 is taken away.', alias), () => point(alias, version));
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <Chips
      title={trans.__('Aliases')}
      add={() => setAdding(true)}
      addLabel={trans.__('Add an alias')}
      adder={adder}
      error={error}
      dismiss={() => setError(undefined)}
      chips={(entity.aliases ?? []).map(alias => (
        <Chip
          key={alias}
          text={`@${alias}`}
          remove={() => void take(alias)}
          removeLabel={trans.__('Take away @%1', alias)}
        />
      ))}
    >
      {adding && (
        <InlineInput
          focus={shown.current}
          label={trans.__('New alias')}
          help={trans.__('An alias that names another version will name this one.')}
          check={text => aliasProblem(text.replace(/^@/, ''), trans)}
          save={text => give(text.replace(/^@/, ''))}
          close={() => {
            leave();
            setAdding(false);
          }}
        />
      )}
    </Chips>
  );
}
