package io.openclickstream.batch;

import io.openclickstream.lake.CatalogSettings;
import io.openclickstream.lake.StorageSettings;
import io.openclickstream.model.BatchDocument;
import io.openclickstream.model.UpkeepDocument;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the tables are.
 *
 * @param authorityFiles PEM files of authorities that catalog and S3 need beside the system's
 */
record LakeSettings(CatalogSettings catalog, StorageSettings storage, List<Path> authorityFiles) {
    static LakeSettings of(BatchDocument document) {
        BatchDocument.Catalog catalog = document.catalog();
        BatchDocument.Storage storage = document.storage();
        return new LakeSettings(
            new CatalogSettings(catalog.name(), catalog.uri(), catalog.warehouse(), catalog.prefix(),
                client(catalog.client().serverUri(), catalog.client().scope())),
            new StorageSettings(storage.endpoint(), storage.region(), storage.pathStyle()),
            paths(document.authorityFiles()));
    }

    static LakeSettings of(UpkeepDocument document) {
        UpkeepDocument.Catalog catalog = document.catalog();
        UpkeepDocument.Storage storage = document.storage();
        return new LakeSettings(
            new CatalogSettings(catalog.name(), catalog.uri(), catalog.warehouse(), catalog.prefix(),
                client(catalog.client().serverUri(), catalog.client().scope())),
            new StorageSettings(storage.endpoint(), storage.region(), storage.pathStyle()),
            paths(document.authorityFiles()));
    }

    private static CatalogSettings.Client client(String serverUri, String scope) {
        return scope == null ? null : new CatalogSettings.Client(serverUri, scope);
    }

    private static List<Path> paths(List<String> files) {
        return files.stream().map(Path::of).toList();
    }
}
