// A package found by search and chosen: radio buttons, so that arrows move and one is chosen.
import type React from 'react';

import type { DeploymentPublic, PackageSummary } from '../../../api/types';
import { Badge } from '../../../components/Badge';
import { useRegistry, useTrans } from '../../../components/context';
import { Field } from '../../../components/Field';
import { ProblemView } from '../../../components/ProblemView';
import { Spinner } from '../../../components/Progress';
import { useAnswer } from '../../../components/useAnswer';
import { useChanges } from '../../../events/hooks';
import { ago } from '../../../format/times';
import { useEffect, useId, useState } from '../../../react';
import { kindName } from '../../words';

/** Packages that are listed; more are found by typing. */
const LISTED = 20;
/** Milliseconds without a key before it is searched. */
const PAUSE = 250;

export function PackageChooser(props: {
  deployment: DeploymentPublic;
  chosen?: PackageSummary;
  choose: (item: PackageSummary) => void;
}): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const name = useId();
  const { deployment, chosen, choose } = props;
  const [words, setWords] = useState('');
  const [alike, setAlike] = useState(true);
  const q = useDelayed(words.trim(), PAUSE);
  const { data, error, reload } = useAnswer(
    signal =>
      api.packages(
        {
          q: q || undefined,
          target: alike ? deployment.target_name : undefined,
          target_type: alike ? deployment.target_type : undefined,
          sort: '-created_at',
          limit: LISTED
        },
        signal
      ),
    [q, alike],
    true
  );
  useChanges(change => {
    if (!change || change.entity === 'package') {
      reload();
    }
  });
  const found = data?.items ?? [];
  // what was chosen stays in sight when the search is another
  const listed = chosen && !found.some(item => item.id === chosen.id) ? [chosen, ...found] : found;
  return (
    <>
      <Field label={trans.__('Search a package')}>
        {input => (
          <input
            {...input}
            type="search"
            autoFocus
            placeholder={trans.__('Words of its name, tags or description')}
            value={words}
            onChange={event => setWords(event.target.value)}
            onKeyDown={event => event.key === 'Enter' && event.preventDefault()}
          />
        )}
      </Field>
      <label className="jp-Registry-check">
        <input type="checkbox" checked={alike} onChange={event => setAlike(event.target.checked)} />{' '}
        {trans.__('Only those that predict %1', deployment.target_name)}
      </label>
      {error !== undefined && <ProblemView error={error} retry={reload} />}
      {data === undefined && error === undefined && <Spinner />}
      {data !== undefined && (
        <fieldset className="jp-Registry-radios">
          <legend>{trans.__('Packages, newest first')}</legend>
          {!listed.length && <p className="jp-Registry-muted">{trans.__('No package fits.')}</p>}
          {listed.map(item => (
            <label key={item.id}>
              <input
                type="radio"
                name={name}
                checked={item.id === chosen?.id}
                onChange={() => choose(item)}
              />
              <span>
                {item.name}
                <span className="jp-Registry-muted">/{item.version}</span>
              </span>
              <Badge>{kindName(item.kind, trans)}</Badge>
              {item.id === deployment.package_id && (
                <Badge tone="success">{trans.__('in service')}</Badge>
              )}
              {(item.aliases ?? []).map(alias => (
                <Badge key={alias} tone="brand">
                  @{alias}
                </Badge>
              ))}
              <span className="jp-Registry-muted">{ago(item.created_at)}</span>
            </label>
          ))}
        </fieldset>
      )}
      {data?.next_cursor && (
        <p className="jp-Registry-muted">{trans.__('There are more: search for them.')}</p>
      )}
    </>
  );
}

/** A value as it was when it last rested. */
export function useDelayed<T>(value: T, milliseconds: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return rested;
}
