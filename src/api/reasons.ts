/** The closed list of reasons that conditions, Events, errors and metrics may carry. */
export const REASONS = [
  "Succeeded",
  "Paused",
  "InvalidSpec",
  "PlatformNotFound",
  "PlatformNotReady",
  "SecretNotFound",
  "SecretKeyMissing",
  "SecretValueInvalid",
  "KafkaUnreachable",
  "StorageUnreachable",
  "CatalogUnreachable",
  "TrinoUnreachable",
  "ResourceConflict",
  "ImpossibleChange",
  "DestructiveChange",
  "ColumnRenamed",
  "TableRenamed",
  "TableLost",
  "TableReplaced",
  "CheckpointLost",
  "CheckpointForeign",
  "ChildrenNotReady",
  "RolloutInProgress",
  "QuotaExceeded",
  "AdmissionRefused",
  "Unschedulable",
  "ImageUnavailable",
  "ContainerFailed",
  "CollectorNotReady",
  "ProcessingNotReady",
  "Suspended",
  "Deleting",
  "DeletionFailed",
  "CleanupAbandoned",
  "DriftCorrected",
  "NotSettled",
  "Created",
  "Updated",
  "Recreated",
  "Deleted",
  "Unauthorized",
  "ApiUnavailable",
  "InternalError",
] as const;

/** One reason of the closed list, PascalCase as Kubernetes wants it in `condition.reason`. */
export type Reason = (typeof REASONS)[number];

/** Tells whether a text is one of the closed list. */
export function isReason(text: string): text is Reason {
  return (REASONS as readonly string[]).includes(text);
}
