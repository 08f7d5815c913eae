// What a host of widgets gives us, and no more.

export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  // biome-ignore lint/suspicious/noExplicitAny: events carry what their name says
  on(event: string, call: (...told: any[]) => void): void;
  // biome-ignore lint/suspicious/noExplicitAny: events carry what their name says
  off(event: string, call: (...told: any[]) => void): void;
  widget_manager?: { get_model?: (id: string) => Promise<HostModel> };
}

// The model behind ours, where the host has ipywidgets' own: it knows whether Python is still there.
export interface HostModel {
  comm_live?: boolean;
  get_state?: (dropDefaults?: boolean) => Record<string, unknown>;
}
