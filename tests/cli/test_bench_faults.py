from click.testing import CliRunner

from simulators import bench_faults as bench


def told(*words):
    return CliRunner().invoke(bench.bench_faults, words)


def test_a_fault_that_is_not_known_is_named():
    done = told("--only", "kill,rain")
    assert (done.exit_code, "There is no fault rain; there are kill," in done.output) == (2, True)


def test_what_cannot_be_tried_is_told_and_nothing_at_all_is_an_error():
    done = told("--only", "restart")
    assert done.exit_code == 1
    assert "left out: restart, since only a PostgreSQL" in done.output


def test_a_folder_that_is_no_data_folder_is_told(tmp_path):
    done = told("--only", "restart", "--postgres-folder", str(tmp_path))
    assert (done.exit_code, "is no data folder of a running PostgreSQL" in done.output) == (1, True)
