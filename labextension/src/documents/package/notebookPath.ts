// Where the notebook that registered a package is in this server's contents, if it is there.
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

/**
 * The paths in the contents that a path of a kernel may mean, the likeliest first.
 *
 * Kernels know absolute paths. The root that Lab tells may begin with `~` for the home folder,
 * which a browser does not know: then whatever comes before the rest is taken for it.
 */
export function contentsPaths(path: string, root: string): string[] {
  const asked = path.replace(/\\/g, '/');
  const from = root.replace(/\\/g, '/').replace(/\/+$/, '');
  if (!asked.startsWith('/') && !/^[A-Za-z]:\//.test(asked)) {
    return [asked];
  }
  if (!from.startsWith('~')) {
    return asked.startsWith(`${from}/`) ? [asked.slice(from.length + 1)] : [];
  }
  const rest = from.slice(1);
  if (rest) {
    const at = asked.indexOf(`${rest}/`);
    return at < 0 ? [] : [asked.slice(at + rest.length + 1)];
  }
  // the home folder itself: /root/…, /home/ada/… or /Users/ada/…
  const parts = asked.split('/').slice(1);
  return [2, 1].filter(home => parts.length > home).map(home => parts.slice(home).join('/'));
}

/** The notebook's path in this server's contents; `undefined` when it is not there. */
export async function notebookPath(
  settings: ServerConnection.ISettings,
  path: string
): Promise<string | undefined> {
  for (const candidate of contentsPaths(path, PageConfig.getOption('serverRoot'))) {
    const parts = candidate.split('/').map(encodeURIComponent);
    const address = URLExt.join(settings.baseUrl, 'api/contents', ...parts);
    try {
      const answer = await ServerConnection.makeRequest(`${address}?content=0`, {}, settings);
      if (answer.ok) {
        return candidate;
      }
    } catch {
      return undefined; // a link that cannot be offered now is no error
    }
  }
  return undefined;
}
