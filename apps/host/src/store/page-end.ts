/** Where a page of a list ends that is ordered by an instant and an id, the newest first. */
export interface PageEnd {
  at: Date;
  id: string;
}
