from riskbench.core.files import sha256
from riskbench.core.project import Project
from riskbench.governance.origins import made_from


def test_texts_data_and_lock_stand_with_their_hashes_and_a_note_beside_them_does_not(microloan, tmp_path):
    folder = tmp_path / "data" / "microloan"
    folder.mkdir(parents=True)
    for name in ["study.toml", "policy.yaml", "notes.md", *(t.file for t in microloan.tables.values())]:
        (folder / name).write_text(name)
    project = Project(tmp_path)
    project.lock.write_text("lock")
    table = made_from(project, microloan, folder).set_index("file")
    assert table.kind.value_counts().to_dict() == {
        "study": 2,
        "environment": 1,
        "data": len({t.file for t in microloan.tables.values()}),
    }
    assert table.sha256["study.toml"] == sha256(folder / "study.toml")
