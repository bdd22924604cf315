// The names of all commands.
export const CommandIDs = {
  showSidebar: 'jupyter-registry:show-sidebar',
  openPackage: 'jupyter-registry:open-package',
  openDeployment: 'jupyter-registry:open-deployment',
  register: 'jupyter-registry:register',
  registerFiles: 'jupyter-registry:register-files',
  refresh: 'jupyter-registry:refresh'
} as const;
