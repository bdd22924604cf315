// A package's tags, put on, changed and taken off in place; each change can be taken back.
import type React from 'react';

import type { PackagePublic } from '../../api/types';
import { useRegistry, useTrans } from '../../components/context';
import { useKept } from '../../components/kept';
import { useState } from '../../react';
import { Chip, Chips } from './Chip';
import { tagText } from './compare/compare';
import { useFocusBack, useShown } from '../../components/useFocusBack';
import { InlineInput } from './InlineInput';
import { readTag, tagProblem } from './rules';
import { useUndo } from './undo';

type TagChange = Record<string, string | undefined>;

export function Tags(props: { entity: PackagePublic; reload: () => void }): React.ReactElement {
  const { entity, reload } = props;
  const { api } = useRegistry();
  const trans = useTrans();
  const tell = useUndo();
  /** The key of the tag that is edited; empty for a new one. */
  const [editing, setEditing] = useKept<string | undefined>('tag', undefined);
  const shown = useShown();
  const [adder, leave] = useFocusBack<HTMLButtonElement>();
  const [error, setError] = useState<unknown>();
  const tags = entity.tags ?? {};

  // all tags are sent, so those of now are read: somebody else may have changed another
  const write = async (change: TagChange): Promise<TagChange> => {
    const now = (await api.package(entity.id)).tags ?? {};
    const back = Object.fromEntries(Object.keys(change).map(key => [key, now[key]]));
    const next = Object.fromEntries(
      Object.entries({ ...now, ...change }).filter(([, value]) => value !== undefined)
    ) as Record<string, string>;
    await api.updatePackage(entity.id, { tags: next });
    reload();
    return back;
  };
  const change = async (changed: TagChange, said: string) => {
    const back = await write(changed);
    tell(said, async () => {
      await write(back);
    });
  };
  const remove = (key: string) => {
    setError(undefined);
    leave();
    change({ [key]: undefined }, trans.__('The tag “%1” is taken off.', key)).catch(setError);
  };
  return (
    <Chips
      title={trans.__('Tags')}
      add={() => setEditing('')}
      addLabel={trans.__('Add a tag')}
      adder={adder}
      error={error}
      dismiss={() => setError(undefined)}
      chips={Object.entries(tags).map(([key, value]) => (
        <Chip
          key={key}
          text={tagText(key, value)}
          edit={() => setEditing(key)}
          editLabel={trans.__('Edit the tag %1', key)}
          remove={() => remove(key)}
          removeLabel={trans.__('Take off the tag %1', key)}
        />
      ))}
    >
      {editing !== undefined && (
        <InlineInput
          focus={shown.current}
          key={editing}
          label={editing ? trans.__('Tag') : trans.__('New tag')}
          help={trans.__('“key” or “key: value”')}
          initial={editing ? tagText(editing, tags[editing] ?? '') : ''}
          check={text => tagProblem(text, trans)}
          save={text => {
            const [key, value] = readTag(text);
            const renamed = editing && editing !== key ? { [editing]: undefined } : {};
            return change({ ...renamed, [key]: value }, trans.__('The tag “%1” is saved.', key));
          }}
          close={() => {
            leave();
            setEditing(undefined);
          }}
        />
      )}
    </Chips>
  );
}
