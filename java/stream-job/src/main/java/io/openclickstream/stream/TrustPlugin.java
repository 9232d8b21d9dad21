package io.openclickstream.stream;

import io.openclickstream.lake.TrustedAuthorities;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/** Lets executors trust the authorities that the driver trusts, before their first task. */
public final class TrustPlugin implements SparkPlugin {
    private static final String FILES = "spark.openclickstream.authorityFiles";

    /** Has the plugin started in executors, where there are authorities to add. */
    static void addTo(SparkConf conf, List<Path> authorityFiles) {
        if (!authorityFiles.isEmpty()) {
            conf.set(FILES, String.join(",", authorityFiles.stream().map(Path::toString).toList()));
            conf.set("spark.plugins", TrustPlugin.class.getName());
        }
    }

    @Override
    public DriverPlugin driverPlugin() {
        return null;
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext context, Map<String, String> extraConf) {
                // In a driver that works alone its own process has them already.
                if (!context.executorID().equals("driver")) {
                    TrustedAuthorities.add(Stream.of(context.conf().get(FILES).split(",")).map(Path::of).toList());
                }
            }
        };
    }
}
