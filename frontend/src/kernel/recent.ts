// A Map that forgets what was not used for longest.

export class Recent<Key, Value> {
  private readonly kept = new Map<Key, Value>();

  constructor(
    private readonly limit: number,
    private readonly forget: (value: Value) => void = () => {},
  ) {}

  get(key: Key): Value | undefined {
    const value = this.kept.get(key);
    if (value !== undefined) {
      this.kept.delete(key);
      this.kept.set(key, value);
    }
    return value;
  }

  set(key: Key, value: Value): void {
    this.kept.set(key, value);
    if (this.kept.size <= this.limit) return;
    const [oldest, dropped] = this.kept.entries().next().value as [Key, Value];
    this.kept.delete(oldest);
    this.forget(dropped);
  }

  drop(key: Key): void {
    this.kept.delete(key);
  }

  clear(): void {
    for (const value of this.kept.values()) this.forget(value);
    this.kept.clear();
  }
}
