// All that is loaded when a package's panel is opened.
export { PackagePanel } from '.';
export { PACKAGE_TABS } from './tabs';
