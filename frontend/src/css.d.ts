// A style sheet is imported for its effect; the build gathers all of them in one.
declare module "*.css";
