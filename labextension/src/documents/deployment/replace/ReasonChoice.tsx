// Why a champion is replaced.
import type React from 'react';

import type { ReplacementReason } from '../../../api/types';
import { Choice } from '../../../components/Choice';
import { useTrans } from '../../../components/context';
import { reasonName } from '../../words';

const REASONS: readonly ReplacementReason[] = [
  'accuracy',
  'data_drift',
  'errors',
  'scheduled_refresh',
  'scoring_speed',
  'other'
];

export function ReasonChoice(props: {
  value: ReplacementReason;
  choose: (reason: ReplacementReason) => void;
}): React.ReactElement {
  const trans = useTrans();
  return (
    <Choice
      label={trans.__('Reason')}
      {...props}
      options={REASONS.map(one => [one, reasonName(one, trans)])}
    />
  );
}
