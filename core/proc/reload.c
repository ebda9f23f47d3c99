/* Configurations taken in use: at the start, and again on SIGHUP. Logs opened again. R-SVC-4. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <roost/wire.h>
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/proc/master.h"

/* "Warning: ..." or "Error: ..."; lines that follow belong to the one before. */
static const char *line_level(const char *line, enum roost_log_level *level)
{
	if (strncmp(line, "Warning: ", 9) == 0) {
		*level = ROOST_LOG_WARN;
		return line + 9;
	}
	if (strncmp(line, "Error: ", 7) == 0) {
		*level = ROOST_LOG_ERROR;
		return line + 7;
	}
	return line;
}

static void log_lines(struct roost_str *text, enum roost_log_level level)
{
	char *rest = text->data, *line;

	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		const char *said = line_level(line, &level);

		if (said[0] != '\0')
			roost_log(NULL, level, "%s", said);
	}
}

static int read_config(struct master *master, struct configured *configured,
		       struct conf_snapshot **conf, struct roost_error *err)
{
	struct roost_str text = ROOST_STR_INIT;
	int ret;

	configured_init(configured);
	ret = configure_run(master->config_path, master->overrides.items, master->overrides.count,
			    configured, &text, err);
	log_lines(&text, ret == 0 ? ROOST_LOG_WARN : ROOST_LOG_ERROR);
	roost_str_free(&text);
	if (ret == 0)
		ret = conf_snapshot_open(configured->fds[CONF_ROLE_MASTER], conf, err);
	if (ret < 0)
		configured_close(configured);
	return ret;
}

int master_configure(struct master *master, struct roost_error *err)
{
	if (read_config(master, &master->configured, &master->conf, err) < 0)
		return -1;
	master->base_dir = mem_strdup(conf_snapshot_string(master->conf, "base_dir"));
	environment_make(master);
	return 0;
}

int master_reconfigure(struct master *master, struct roost_error *err)
{
	struct configured old = master->configured, new;
	struct conf_snapshot *old_conf = master->conf, *new_conf;

	if (read_config(master, &new, &new_conf, err) < 0)
		return -1;
	master->configured = new;
	master->conf = new_conf;
	if (services_make(master, err) < 0) {
		master->configured = old;
		master->conf = old_conf;
		configured_close(&new);
		conf_snapshot_free(new_conf);
		return -1;
	}
	configured_close(&old);
	conf_snapshot_free(old_conf);
	environment_make(master);
	services_check_descriptors(master);
	if (strcmp(master->base_dir, conf_snapshot_string(master->conf, "base_dir")) != 0)
		roost_log(NULL, ROOST_LOG_WARN,
			  "base_dir has changed: that takes a stop and a start; until then %s stays",
			  master->base_dir);
	return 0;
}

static const char *path_or(struct master *master, const char *name, const char *fallback)
{
	const char *path = conf_snapshot_string(master->conf, name);

	return path[0] == '\0' ? fallback : path;
}

/* The log process could not open them: they lie in root's directories, and it is nobody in particular. */
static void give_target(struct master *master, struct child *log, uint32_t number,
			const char *path)
{
	struct roost_str out = ROOST_STR_INIT;
	int fd = -1;

	if (path[0] == '/' && strncmp(path, "/dev/", 5) != 0) {
		fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
		if (fd < 0) {
			roost_log(NULL, ROOST_LOG_ERROR, "open %s: %s; the log stays where it was",
				  path, strerror(errno));
			return;
		}
	}
	roost_wire_put_u32(&out, CONTROL_LOG_TARGET);
	roost_wire_put_u32(&out, number);
	roost_wire_put_text(&out, path);
	child_send(master, log, out.data, out.len, &fd, fd < 0 ? 0 : 1);
	roost_str_free(&out);
	if (fd >= 0)
		close(fd);
}

void master_reopen_logs(struct master *master)
{
	struct child *log = child_find(master, PROC_LOG, NULL);
	const char *errors = path_or(master, "log_path", "syslog");
	const char *info = path_or(master, "info_log_path", errors);

	if (log == NULL)
		return;
	give_target(master, log, 0, errors);
	give_target(master, log, 1, info);
	give_target(master, log, 2, path_or(master, "debug_log_path", info));
}
