// The names of all commands.
export const CommandIDs = {
  showSidebar: 'jupyter-registry:show-sidebar',
  openPackage: 'jupyter-registry:open-package',
  openDeployment: 'jupyter-registry:open-deployment',
  register: 'jupyter-registry:register',
  registerFiles: 'jupyter-registry:register-files',
  openLeaderboard: 'jupyter-registry:open-leaderboard',
  newLeaderboard: 'jupyter-registry:new-leaderboard',
  trainFile: 'jupyter-registry:train-file',
  refresh: 'jupyter-registry:refresh'
} as const;
