// The words for a status.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Status } from '../../components/StatusLight';

export function statusName(status: Status | undefined, trans: TranslationBundle): string {
  switch (status) {
    case 'passing':
      return trans.__('passing');
    case 'warning':
      return trans.__('warning');
    case 'failing':
      return trans.__('failing');
    default:
      return trans.__('not known');
  }
}
