// What the form that trains a leaderboard asks for beside data, target and time; folded away.
import type React from 'react';

import type { MonitoringRules, TargetType } from '../../api/types';
import { Choice } from '../../components/Choice';
import { useTrans } from '../../components/context';
import { Field } from '../../components/Field';
import { useKernelspecs } from '../../components/useKernelspecs';
import { metricTitle } from '../../monitoring/metrics';
import { targetTypeName } from '../words';
import { ColumnField } from './ColumnField';
import { ColumnsField } from './ColumnsField';
import type { TrainDraft } from './trainDraft';

const TYPES: readonly TargetType[] = ['binary', 'multiclass', 'regression'];
const HERE = ['type', 'positive', 'metric', 'drop', 'divide', 'column', 'kernelspec'] as const;

export function TrainOptions(props: {
  draft: TrainDraft;
  set: (change: Partial<TrainDraft>) => void;
  /** What is wrong with a field. */
  said: (name: keyof TrainDraft) => string | undefined;
  /** Of the file, without the target. */
  columns: readonly string[];
  rules?: MonitoringRules;
}): React.ReactElement {
  const trans = useTrans();
  const kernelspecs = useKernelspecs();
  const { draft, set, said, columns, rules } = props;
  const types = draft.type ? [draft.type] : TYPES;
  const metrics = [
    ...new Set(types.flatMap(type => (rules?.metrics[type] ?? []).map(({ name }) => name)))
  ];
  return (
    <details className="jp-Registry-group" open={HERE.some(said) || undefined}>
      <summary>{trans.__('More')}</summary>
      <div className="jp-Registry-fields">
        <Choice
          label={trans.__('Target type')}
          error={said('type')}
          value={draft.type}
          options={[
            ['', trans.__('told by the values')],
            ...TYPES.map(type => [type, targetTypeName(type, trans)] as const)
          ]}
          choose={type => set({ type, metric: '' })}
        />
        {(draft.type === '' || draft.type === 'binary') && (
          <Field
            label={trans.__('Positive class')}
            help={trans.__(
              'Of two classes the one whose probability is predicted; the second in order unless given.'
            )}
            error={said('positive')}
          >
            {input => (
              <input
                {...input}
                type="text"
                value={draft.positive}
                onChange={event => set({ positive: event.target.value })}
              />
            )}
          </Field>
        )}
        <Choice
          label={trans.__('Metric')}
          help={trans.__('Ranks the models; another one can be chosen afterwards.')}
          error={said('metric')}
          value={draft.metric}
          options={[
            ['', trans.__('the usual one: AUC, log loss or RMSE')],
            ...metrics.map(name => [name, metricTitle(name, trans)] as const)
          ]}
          choose={metric => set({ metric })}
        />
        <ColumnsField
          label={trans.__('Leave out')}
          help={trans.__('Columns that are known only afterwards, or that identify a row.')}
          error={said('drop')}
          columns={columns}
          value={draft.drop}
          choose={drop => set({ drop })}
        />
        <Choice
          label={trans.__('Partition')}
          help={trans.__('How rows are set aside to validate and to hold out.')}
          error={said('divide')}
          value={draft.divide}
          options={[
            ['auto', trans.__('by time where there is a date, else at random')],
            ['random', trans.__('at random')],
            ['time', trans.__('by time: the latest are held out')],
            ['group', trans.__('by group: none is in two parts')]
          ]}
          choose={divide => set({ divide })}
        />
        {(draft.divide === 'time' || draft.divide === 'group') && (
          <ColumnField
            label={draft.divide === 'time' ? trans.__('Date column') : trans.__('Group column')}
            required
            error={said('column')}
            columns={columns}
            value={draft.column}
            choose={column => set({ column })}
          />
        )}
        {kernelspecs.length > 1 && (
          <Choice
            label={trans.__('Environment')}
            help={trans.__('The kernel in whose environment is trained.')}
            error={said('kernelspec')}
            value={draft.kernelspec}
            options={[['', trans.__('The registry’s default')], ...kernelspecs]}
            choose={kernelspec => set({ kernelspec })}
          />
        )}
      </div>
    </details>
  );
}
