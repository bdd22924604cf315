// Files that tests take in, as data URLs.
declare module '*?inline' {
  const address: string;
  export default address;
}
